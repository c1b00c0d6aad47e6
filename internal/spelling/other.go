package spelling

// others are names that other programs and papers have for what is called differently here.
var others = map[string]string{
	"learning_rate": "lr", "batch_size": "batch", "simclr": "ntxent", "infonce": "ntxent", "nt_xent": "ntxent",
	"barlowtwins": "barlow", "barlow_twins": "barlow", "n_clusters": "k", "num_clusters": "k", "optimiser": "optimizer",
	"validation_split": "validation_size", "val_size": "validation_size", "test_split": "test_size", "holdout": "test_size",
}
