"""Documents that are generated from the pydantic models of the protocol and the contract."""
