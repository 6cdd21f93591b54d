"""Laws: what must not happen in a policy, each shown by a member whom the engine decides, or proved."""
