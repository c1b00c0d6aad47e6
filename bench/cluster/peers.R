# One turn of R: reads the first rows, times Hartigan & Wong's k-means, prints it as JSON. Run by main.go.

args <- commandArgs(trailingOnly = TRUE)
dim <- as.integer(args[2]); n <- as.integer(args[3]); k <- as.integer(args[4])
x <- matrix(readBin(file.path(args[1], "rows"), "numeric", n * dim, size = 4, endian = "little"), n, byrow = TRUE)
began <- proc.time()[["elapsed"]]
found <- kmeans(x, x[1:k, ], iter.max = 300, algorithm = "Hartigan-Wong")
cat(sprintf('{"seconds": {"hartigan-wong": %.3f}, "inertia": {"hartigan-wong": %.17g}}',
            proc.time()[["elapsed"]] - began, found$tot.withinss))
