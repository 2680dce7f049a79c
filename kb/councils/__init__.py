"""The register of councils: names, codes, types and successors."""
