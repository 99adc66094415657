# Times of the R packages' work on one pair at 25 Hz: Rscript windows.R FILE HOURS, prints seconds per hour.
# The packages are on CRAN only, so this calls what they call: rMEA one C-level cor() for every window and lag
# (30 s windows every 10 s, lags to 5 s), SUSY one ccf() for every pairing of 30 s segments.
given <- commandArgs(trailingOnly = TRUE)
pair <- as.matrix(read.table(given[1], header = TRUE))
hours <- as.numeric(given[2])
n <- as.integer(hours * 3600 * 25)
x <- rep(pair[, 1], length.out = n)
y <- rep(pair[, 2], length.out = n)
cor_c <- getFromNamespace("C_cor", "stats")
win <- 750L; lag <- 125L; inc <- 250L

windows <- function() {
  lapply(seq(0L, n - win - lag, by = inc), function(start) {
    c(vapply(lag:1, function(k) .Call(cor_c, x[start + k + 1:win], y[start + 1:win], 2L, FALSE), 0),
      vapply(0:lag, function(k) .Call(cor_c, x[start + 1:win], y[start + k + 1:win], 2L, FALSE), 0))
  })
}
segments <- function() {
  starts <- (seq_len(n %/% win) - 1L) * win
  for (a in starts) for (b in starts) {
    atanh(ccf(x[a + 1:win], y[b + 1:win], lag.max = lag, plot = FALSE)$acf)
  }
}
cat(system.time(windows())[["user.self"]] / hours, system.time(segments())[["user.self"]] / hours, "\n")
