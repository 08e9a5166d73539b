"""Bodies: who acts in a place. Departments, committees, social organisations, firms, owners' committees, teams."""
