using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Drcm.Consensus;

namespace Drcm.Simulation.Log;

/// <summary>Many runs, several at a time, and what came of them.</summary>
internal static class LogSimulation
{
    private const int StoryLines = 220;

    /// <returns>0: no violation. 1: at least one.</returns>
    public static async Task<int> RunAsync(int first, int last, int members, int parallel, string? breakName, bool changesMembers, bool json)
    {
        var started = Stopwatch.GetTimestamp();
        var (runs, inconclusive, acknowledged, terms, changes) = (0, 0, 0L, 0L, 0L);
        List<(int Seed, History History)> failed = [];
        await RunUntilCaughtAsync(first, last, members, parallel, breakName, changesMembers, (seed, run) =>
        {
            runs++;
            inconclusive += run.IsInconclusive ? 1 : 0;
            acknowledged += run.History.Acknowledged;
            terms += run.History.Terms;
            changes += run.MemberChanges;
            if (run.History.Violations.Count > 0)
            {
                failed.Add((seed, run.History));
            }
        });

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                simulation = "log", @break = breakName, firstSeed = first, lastSeed = last, runs, inconclusive, acknowledged, terms, memberChanges = changes, seconds = Math.Round(seconds, 1),
                violations = failed.Select(f => new { seed = f.Seed, f.History.Violations }),
            }));
        }
        else
        {
            failed.ForEach(f => Tell(f.Seed, f.History));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"log: {runs} runs of {members} members, seeds {first} to {last}, {acknowledged} appends acknowledged, {terms} terms, {changes} changes of the members, {failed.Count} with violations, {inconclusive} on too busy a machine to tell progress, {seconds:0} s"));
        }

        return failed.Count == 0 ? 0 : 1;
    }

    /// <summary>Each way to misbehave in turn, up to the first violation.</summary>
    /// <returns>0: each was caught. 1: one was not.</returns>
    public static async Task<int> CatchAllAsync(int first, int last, int members, int parallel)
    {
        var missed = 0;
        foreach (var breakName in Breaks.All.Keys)
        {
            var (runs, caught) = (0, "");
            await RunUntilCaughtAsync(first, last, members, parallel, breakName, changesMembers: false, (_, run) =>
            {
                runs++;
                caught = caught.Length == 0 && run.History.Violations.Count > 0 ? run.History.Violations[0] : caught;
            });
            missed += caught.Length == 0 ? 1 : 0;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"log: {breakName}: {(caught.Length == 0 ? "NOT CAUGHT" : "caught")} in {runs} runs {caught}"));
        }

        return missed == 0 ? 0 : 1;
    }

    /// <summary>Several runs at a time, told one by one; none is begun after a violation.</summary>
    private static async Task RunUntilCaughtAsync(int first, int last, int members, int parallel, string? breakName, bool changesMembers, Action<int, LogRun> ended)
    {
        var wrap = breakName is null ? l => l : Breaks.All[breakName];
        var sync = new Lock();
        using var found = new CancellationTokenSource();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = found.Token };
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(first, last - first + 1), limits, async (seed, _) =>
            {
                var run = new LogRun(seed, members, wrap, breakName == Breaks.FlushesLie, changesMembers, breakName == Breaks.ForgetsTheDisk);
                await run.RunAsync();
                lock (sync)
                {
                    ended(seed, run);
                }

                if (run.History.Violations.Count > 0)
                {
                    await found.CancelAsync();
                }
            });
        }
        catch (OperationCanceledException) when (found.IsCancellationRequested)
        {
            // One violation is enough.
        }
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
