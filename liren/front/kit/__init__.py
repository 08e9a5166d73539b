"""What all pages share: base templates, forms, tables, pages of lists, the security headers, the display choice."""
