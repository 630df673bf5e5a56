"""`contractkit init`: a project that works, from an application or from nothing."""
