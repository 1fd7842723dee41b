"""What the scripts that make the golden files share: exports in Optimum's form, and the answers of transformers."""
