using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Drcm.Consensus;
using Drcm.TestHosts;

namespace Drcm.Simulation.Linear;

/// <summary>Many runs, one after the other, and what came of them.</summary>
internal static class LinearProof
{
    private const int StoryLines = 80;

    /// <returns>0: no violation. 1: a violation. 3: no namespaces here.</returns>
    public static async Task<int> RunAsync(int firstSeed, int runs, int members, TimeSpan duration, string? breakName, bool json)
    {
        if (!TestNetwork.IsAvailable)
        {
            await Console.Error.WriteLineAsync($"skipped: {TestNetwork.WhyUnavailable}");
            return 3;
        }

        var started = Stopwatch.GetTimestamp();
        var done = new List<LinearRun>();
        await using var network = await TestNetwork.CreateAsync(members, CancellationToken.None);
        for (var seed = firstSeed; seed < firstSeed + runs && done.TrueForAll(r => r.Violations.Count == 0); seed++)
        {
            var run = new LinearRun(network, seed, duration, breakName ?? "none");
            await run.RunAsync(CancellationToken.None);
            done.Add(run);
            if (!json)
            {
                Tell(seed, run);
            }
        }

        int Sum(Func<LinearRun, int> part) => done.Sum(part);
        var faults = done.SelectMany(r => r.Recorder.Faults).GroupBy(f => f.Key, f => f.Value).ToDictionary(f => f.Key, f => f.Sum());
        var summary = new
        {
            proof = "linear", @break = breakName, firstSeed, runs = done.Count, members, secondsEach = duration.TotalSeconds,
            operations = Sum(r => r.Recorder.History.Count), reads = Sum(r => r.Recorder.Reads),
            committed = Sum(r => r.Recorder.Appends(AppendStatus.Committed)), stale = Sum(r => r.Recorder.Appends(AppendStatus.Stale)),
            rejected = Sum(r => r.Recorder.Appends(AppendStatus.Rejected)), unknown = Sum(r => r.Recorder.Appends(AppendStatus.Unknown)),
            faults, seconds = Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds), violations = Sum(r => r.Violations.Count),
        };
        Console.WriteLine(json
            ? JsonSerializer.Serialize(summary)
            : string.Create(CultureInfo.InvariantCulture,
                $"linear: {summary.runs} runs of {members} processes, {summary.operations} operations ({summary.reads} reads, appends: {summary.committed} committed, {summary.stale} stale, {summary.rejected} rejected, {summary.unknown} unknown), {faults.Values.Sum()} faults ({string.Join(", ", faults.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} {f.Value}"))}), {summary.violations} violations, {summary.seconds} s"));
        return summary.violations == 0 ? 0 : 1;
    }

    private static void Tell(int seed, LinearRun run)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {seed}: {run.Recorder.History.Count} operations, {run.Recorder.Faults.Values.Sum()} faults, {run.Violations.Count} violations"));
        if (run.Violations.Count > 0)
        {
            Console.WriteLine(string.Join('\n', run.Violations.Take(5).Select(v => $"  {v}")
                .Concat(run.Recorder.Story.TakeLast(StoryLines).Select(s => $"    {s}")).Concat(run.LastWords.Select(w => $"    {w}"))));
        }
    }
}
