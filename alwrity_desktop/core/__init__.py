"""Everything that needs no screen: values, ledger, sources, exports. No Qt."""
