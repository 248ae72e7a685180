using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Drcm.Consensus;

namespace Drcm.Simulation.Log;

/// <summary>Many runs, several at a time, and what came of them.</summary>
internal static class LogSimulation
{
    private const int StoryLines = 60;

    /// <returns>0: no violation. 1: at least one.</returns>
    public static async Task<int> RunAsync(int first, int last, int members, int parallel, string? breakName, bool json)
    {
        var wrap = breakName is null ? l => l : Breaks.All[breakName];
        var started = Stopwatch.GetTimestamp();
        var (runs, inconclusive, acknowledged, terms) = (0, 0, 0L, 0L);
        using var found = new CancellationTokenSource();
        List<(int Seed, History History)> failed = [];
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(first, last - first + 1), new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = found.Token }, async (seed, _) =>
            {
                var run = new LogRun(seed, members, wrap, breakName == Breaks.FlushesLie);
                await run.RunAsync();
                Interlocked.Increment(ref runs);
                Interlocked.Add(ref inconclusive, run.IsInconclusive ? 1 : 0);
                Interlocked.Add(ref acknowledged, run.History.Acknowledged);
                Interlocked.Add(ref terms, run.History.Terms);
                if (run.History.Violations.Count > 0)
                {
                    lock (failed)
                    {
                        failed.Add((seed, run.History));
                    }

                    await found.CancelAsync();
                }
            });
        }
        catch (OperationCanceledException) when (found.IsCancellationRequested)
        {
            // One violation is enough.
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                simulation = "log", @break = breakName, firstSeed = first, lastSeed = last, runs, inconclusive, acknowledged, terms, seconds = Math.Round(seconds, 1),
                violations = failed.Select(f => new { seed = f.Seed, f.History.Violations }),
            }));
        }
        else
        {
            failed.ForEach(f => Tell(f.Seed, f.History));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"log: {runs} runs of {members} members, seeds {first} to {last}, {acknowledged} appends acknowledged, {terms} terms, {failed.Count} with violations, {inconclusive} on too busy a machine to tell progress, {seconds:0} s"));
        }

        return failed.Count == 0 ? 0 : 1;
    }

    private static void Tell(int seed, History history)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {history.Violations.Count} violations (again: --seeds {seed}..{seed})"));
        foreach (var violation in history.Violations.Take(5))
        {
            Console.WriteLine($"  {violation}");
        }

        foreach (var note in history.Notes.TakeLast(StoryLines))
        {
            Console.WriteLine($"    {note}");
        }
    }
}
