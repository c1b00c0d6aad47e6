package dag_test

// keyOfDecode was made by testdata/golden.py.
const keyOfDecode = "bcee8b3a93b4d05df5ab1aa39d228d70bc609b97b2b2b2f39e38ac92f97add98"
