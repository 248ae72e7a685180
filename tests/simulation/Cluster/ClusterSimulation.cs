using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Drcm.Simulation.Cluster;

/// <summary>Many runs, several at a time, and what came of them.</summary>
internal sealed class ClusterSimulation(ClusterOptions options)
{
    private readonly Lock _sync = new();
    private readonly SortedDictionary<string, TimeSpan> _notCovered = new(StringComparer.Ordinal);
    private readonly List<ClusterRun> _failed = [];
    private int _runs;
    private TimeSpan _virtual;
    private TimeSpan _settledMax;

    /// <returns>0: no violation. 1: at least one.</returns>
    public int Run()
    {
        var started = Stopwatch.GetTimestamp();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallel };
        Parallel.For((long)options.First, (long)options.Last + 1, parallel, (seed, loop) =>
        {
            var run = new ClusterRun(ClusterStory.Of((ulong)seed, options.Nodes, options.Faulty, options.IsPair), options.Rules).Run(options.MustSettle);
            lock (_sync) Take(run);
            if (run.Violation.Length > 0 && !options.KeepsGoing) loop.Stop();
        });
        Tell(Stopwatch.GetElapsedTime(started));
        return _failed.Count == 0 ? 0 : 1;
    }

    private void Take(ClusterRun run)
    {
        _runs++;
        _virtual += run.World.Now;
        if (run.Settled > _settledMax) _settledMax = run.Settled;
        foreach (var (reason, longest) in run.World.NotCovered)
        {
            if (!_notCovered.TryGetValue(reason, out var known) || longest > known) _notCovered[reason] = longest;
        }
        if (run.Violation.Length > 0) _failed.Add(run);
    }

    private void Tell(TimeSpan elapsed)
    {
        _failed.Sort((a, b) => a.Story.Seed.CompareTo(b.Story.Seed));
        var hoursPerSecond = _virtual.TotalHours / elapsed.TotalSeconds;
        if (options.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                simulation = "cluster", @break = options.Break, firstSeed = options.First, lastSeed = options.Last, runs = _runs,
                virtualHours = Math.Round(_virtual.TotalHours, 2), seconds = Math.Round(elapsed.TotalSeconds, 1), virtualHoursPerSecond = Math.Round(hoursPerSecond, 3),
                settledMilliseconds = _settledMax.TotalMilliseconds,
                notCovered = _notCovered.ToDictionary(n => n.Key, n => n.Value.TotalMilliseconds),
                violations = _failed.Select(f => new { seed = f.Story.Seed, f.Violation }),
            }));
            return;
        }
        foreach (var run in _failed.Take(options.KeepsGoing ? 20 : 1)) Tell(run);
        foreach (var (reason, longest) in _notCovered) Console.WriteLine($"cluster: not covered, and seen for {longest.TotalMilliseconds:0} ms at most: {reason}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"cluster: {_runs} runs, seeds {options.First} to {options.Last}, {_failed.Count} with violations, settled within {_settledMax.TotalSeconds:0.0} s, {_virtual.TotalHours:0.0} virtual hours in {elapsed.TotalSeconds:0} s, {hoursPerSecond:0.00} per second"));
    }

    private void Tell(ClusterRun run)
    {
        Console.WriteLine($"seed {run.Story.Seed}: {run.Violation} (again: cluster --seeds {run.Story.Seed}..{run.Story.Seed}{options.Again})");
        if (options.IsBrief) return;
        foreach (var line in run.World.Story.Split('\n')) Console.WriteLine($"    {line}");
        Console.WriteLine("  as a story, to be kept:");
        foreach (var line in run.Story.ToString().Split('\n')) Console.WriteLine($"    {line}");
    }
}
