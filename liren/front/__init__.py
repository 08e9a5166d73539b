"""What people touch: the portal for residents, the desk for officials, the demo city; all pages stand on one kit."""
