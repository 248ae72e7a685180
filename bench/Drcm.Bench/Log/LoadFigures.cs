using System.Diagnostics;

namespace Drcm.Bench.Log;

/// <summary>What one load came to. Latencies in milliseconds, from the call to its acknowledgement.</summary>
internal sealed record LoadFigures(int Proposers, double PerSecond, double MedianMs, double P99Ms, long Refused)
{
    public static LoadFigures Of(int proposers, TimeSpan time, IEnumerable<long> ticks, long refused)
    {
        var sorted = ticks.Order().ToArray();
        return new(proposers, sorted.Length / time.TotalSeconds, Quantile(sorted, 0.5), Quantile(sorted, 0.99), refused);
    }

    /// <summary>Runs <paramref name="append"/> from several proposers at once, each waiting for its own before the next.</summary>
    /// <param name="append">False when the append was refused.</param>
    public static async Task<LoadFigures> MeasureAsync(int proposers, TimeSpan warmUp, TimeSpan time, Func<int, Task<bool>> append)
    {
        var start = Stopwatch.GetTimestamp() + (long)(warmUp.TotalSeconds * Stopwatch.Frequency);
        var end = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var results = await Task.WhenAll(Enumerable.Range(0, proposers).Select(number => Task.Run(() => ProposeAsync(number, start, end, append))));
        return Of(proposers, time, results.SelectMany(r => r.Latencies), results.Sum(r => r.Refused));
    }

    private static async Task<(List<long> Latencies, long Refused)> ProposeAsync(int number, long start, long end, Func<int, Task<bool>> append)
    {
        List<long> latencies = [];
        var refused = 0L;
        while (true)
        {
            var before = Stopwatch.GetTimestamp();
            if (before >= end)
            {
                return (latencies, refused);
            }

            var done = await append(number);
            var after = Stopwatch.GetTimestamp();
            if (!done)
            {
                refused++;
            }
            else if (before >= start && after < end)
            {
                latencies.Add(after - before);
            }
        }
    }

    private static double Quantile(long[] sorted, double part) =>
        sorted.Length == 0 ? double.NaN : sorted[(int)(part * (sorted.Length - 1))] * 1000.0 / Stopwatch.Frequency;
}
