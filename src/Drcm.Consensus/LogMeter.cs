using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Drcm.Consensus;

/// <summary>How long the disk and a majority take. Costs next to nothing while nobody collects it.</summary>
public static class LogMeter
{
    public const string Name = "Drcm.Consensus";

    /// <summary>From a fast disk's flush to one that holds everything up, in seconds.</summary>
    private static readonly double[] Buckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Flushes = Meter.CreateHistogram(
        "drcm_log_flush_duration", "s", "Time for one flush of the log to disk.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });

    private static readonly Histogram<double> Appends = Meter.CreateHistogram(
        "drcm_log_append_duration", "s", "Time from a proposal of this node to its commit by a majority.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });

    internal static void Flushed(long began) => Flushes.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);

    internal static void Appended(long began) => Appends.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
}

/// <summary>Where a member's log stands. All zero: a learner, which keeps none.</summary>
/// <param name="LastIndex">Newest entry, the engine's own included.</param>
/// <param name="FlushedIndex">Newest entry that is on this disk.</param>
/// <param name="CommitIndex">Newest entry that a majority has, as far as known here.</param>
/// <param name="EffectiveIndex">Newest committed entry that took effect: what a projection that has read everything shows.</param>
public readonly record struct LogFigures(long LastIndex, long FlushedIndex, long CommitIndex, long EffectiveIndex);
