// Package sweep puts what the variants of a sweep reached into one table, says which is best, and whether that is more
// than noise. It owns the columns, the statistics over seeds and the files table.csv and table.parquet.
//
// It takes metrics and names; it must not know the engine, the experiment language, or how a page looks.
package sweep
