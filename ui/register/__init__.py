"""The register: entering and correcting by hand."""
