# Makes hartiganwong.json: what R's kmeans(algorithm = "Hartigan-Wong") gives on small data from given centres.
#
#   Rscript hartiganwong.R > hartiganwong.json        (R, nothing else)
#
# Numbers are multiples of 1/64, so that a float32 holds them; `outcome` is "" or what R warned or failed with.

set.seed(7)
digits <- function(x) paste(format(x, digits = 17, trim = TRUE, scientific = FALSE), collapse = ",")
rows <- function(m) digits(as.vector(t(m)))

case <- function(name, x, centers, iter.max = 50) {
  outcome <- ""
  z <- tryCatch(
    withCallingHandlers(kmeans(x, centers, iter.max = iter.max, algorithm = "Hartigan-Wong"),
                        warning = function(w) { outcome <<- conditionMessage(w); invokeRestart("muffleWarning") }),
    error = function(e) { outcome <<- conditionMessage(e); NULL })
  found <- if (is.null(z)) "" else sprintf(', "labels": [%s], "centres": [%s], "within": %s, "iterations": %d',
    paste(z$cluster - 1, collapse = ","), rows(z$centers), digits(z$tot.withinss), z$iter)
  sprintf('{"name": "%s", "dim": %d, "max_iter": %d, "data": [%s], "start": [%s], "outcome": "%s"%s}',
          name, ncol(x), iter.max, rows(x), rows(centers), outcome, found)
}

blobs <- function(n, dim, k, spread) {
  at <- matrix(rnorm(k * dim, sd = 5), k)
  x <- at[sample.int(k, n, TRUE), , drop = FALSE] + matrix(rnorm(n * dim, sd = spread), n)
  round(x * 64) / 64
}

overlap <- blobs(150, 3, 6, 3)
noise <- blobs(200, 5, 1, 4)
apart <- blobs(60, 2, 4, 0.5)
line <- matrix(1:40, 40)
grid <- as.matrix(expand.grid(0:7, 0:7))
copies <- rbind(grid[1:6, ], grid[1:6, ], grid[c(1, 1, 1), ], grid[20:30, ])
iris4 <- as.matrix(iris[, 1:4]); iris64 <- round(iris4 * 64) / 64

cases <- c(
  case("overlapping", overlap, overlap[1:6, ]),
  case("more clusters than there are", overlap, overlap[1:20, ]),
  case("noise", noise, noise[11:22, ]),
  case("two clusters stop after one quick transfer", noise, noise[1:2, ]),
  case("far apart", apart, apart[c(1, 2, 3, 4), ]),
  case("iris", iris64, unique(iris64)[c(1, 60, 120), ]),
  case("ties on a line", line, line[c(1, 2, 3, 20), , drop = FALSE]),
  case("ties on a grid", grid, grid[c(1, 2, 9, 10, 37), ]),
  case("ties on a grid, many clusters", grid, grid[1:16, ]),
  case("copies", copies, unique(copies)[c(1, 2, 3, 9), ]),
  case("clusters of one row", line[1:7, , drop = FALSE], line[1:6, , drop = FALSE]),
  case("stopped by the limit", noise, noise[11:22, ], iter.max = 2),
  case("an empty cluster", apart, rbind(apart[1:3, ], c(900, 900))),
  case("as many clusters as rows", line[1:5, , drop = FALSE], line[1:5, , drop = FALSE])
)
cat(sprintf('{"made_by": "%s",\n"cases": [\n%s\n]}\n', R.version.string, paste(cases, collapse = ",\n")))
