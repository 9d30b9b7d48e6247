"""People in the browser: one's account, organisations, who lets them in, offices, applications on paper."""
