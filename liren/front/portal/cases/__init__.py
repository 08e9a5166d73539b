"""What the pages of cases show to residents: reporting, the receipt, one case, lists, figures."""
