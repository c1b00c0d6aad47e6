# Makes gap.json: which candidate R's cluster::maxSE(method = "Tibs2001SEmax") takes from gaps and their standard errors, and what
# the formulas of Tibshirani, Walther & Hastie (2001) give of fixed sums of squares.
#
#   Rscript gap.R > gap.json        (R, package cluster)

library(cluster)
set.seed(3)
list <- function(x) paste(sprintf("%.15g", x), collapse = ",")

choice <- function(i) {
  k <- sample(2:8, 1)
  gap <- round(cumsum(rnorm(k, 0.02, 0.1)), 4)
  s <- round(runif(k, 0, 0.1), 4)
  sprintf('{"gaps": [%s], "errors": [%s], "best": %d}', list(gap), list(s), maxSE(gap, s, method = "Tibs2001SEmax") - 1)
}

statistic <- function(k, b) {
  w <- round(sort(runif(k, 1, 100), decreasing = TRUE), 3)
  reference <- matrix(round(runif(k * b, 1, 100), 3), k)
  gap <- rowMeans(log(reference)) - log(w)
  s <- sqrt(rowMeans((log(reference) - rowMeans(log(reference)))^2)) * sqrt(1 + 1 / b)
  sprintf('{"sums": [%s], "references": [%s], "gaps": [%s], "errors": [%s], "best": %d}', list(w), # references by draw
          paste(apply(t(reference), 1, function(r) sprintf("[%s]", list(r))), collapse = ","), list(gap), list(s),
          maxSE(gap, s, method = "Tibs2001SEmax") - 1)
}

cat(sprintf('{"made_by": "%s, cluster %s",\n"choices": [\n%s\n],\n"statistics": [\n%s\n]}\n', R.version.string,
            packageVersion("cluster"), paste(sapply(1:40, choice), collapse = ",\n"),
            paste(mapply(statistic, c(3, 5, 6), c(2, 10, 20)), collapse = ",\n")))
