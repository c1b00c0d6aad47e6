package store

// goldenArtifact was made by testdata/golden.py.
const goldenArtifact = "0641ccdcaa62448a34b545c9d90330e74085a86a04f9f70178e8d6ab8199fef5"
