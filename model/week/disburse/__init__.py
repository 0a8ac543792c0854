"""Money on its way to organizations: releases, contracts, resident units (ODD 7.2)."""
