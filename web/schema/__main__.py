"""Writes the documents that are generated from the models: `make generate`."""

from __future__ import annotations

from web.schema.documents import ROOT, documents


def main() -> None:
    """Writes each document that is stale, and names it."""
    for path, text in documents().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"Wrote {path.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
