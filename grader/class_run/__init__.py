"""Many submissions: what is graded already, lanes side by side or on a cluster, the results folder."""
