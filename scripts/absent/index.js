/** Nothing: see package.json. */
