using System.Globalization;

namespace Drcm.Bench.Log;

/// <summary>The log alone: three members as processes, TLS between them, every acknowledged entry flushed by a majority; beside etcd
/// under the same load, on the same disk, in turns.</summary>
internal static class LogBench
{
    public const int EntryBytes = 256;
    public const int RoundsDefault = 3;
    public const int KillRoundsDefault = 10;
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    public static readonly int[] Proposers = [1, 32, 256];
    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RoundMax = TimeSpan.FromMinutes(2);

    /// <param name="proposers">Loads to measure before the leader is killed; none: the kill alone.</param>
    public static async Task RunAsync(int rounds, bool withEtcd, int[] proposers)
    {
        var names = withEtcd ? new[] { "drcm", "etcd" } : ["drcm"];
        var loads = names.ToDictionary(n => n, _ => new List<LoadFigures>());
        var gaps = names.ToDictionary(n => n, _ => new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var name in names)
            {
                using var limit = new CancellationTokenSource(RoundMax);
                var directory = Directory.CreateTempSubdirectory("drcm-bench-");
                try
                {
                    await using ILogCluster cluster = name == "etcd" ? new EtcdCluster(directory.FullName) : new DrcmCluster(directory.FullName);
                    await cluster.StartAsync(limit.Token);
                    foreach (var count in proposers)
                    {
                        loads[name].Add(await cluster.LoadAsync(count, LoadTime, limit.Token));
                    }

                    gaps[name].Add((await cluster.KillLeaderAsync(limit.Token)).TotalMilliseconds);
                }
                finally
                {
                    directory.Delete(recursive: true);
                }

                await Console.Error.WriteLineAsync($"round {round + 1} of {rounds}: {name} done");
            }
        }

        Print(names, proposers, loads, gaps, rounds);
    }

    private static void Print(string[] names, int[] loaded, Dictionary<string, List<LoadFigures>> loads, Dictionary<string, List<double>> gaps, int rounds)
    {
        Line($"medians of {rounds} rounds; {EntryBytes} byte entries, {LoadTime.TotalSeconds:0} s per row, {Environment.ProcessorCount} cores shared by all");
        Line($"{"proposers",9} {"log",-6}{"writes/s",10}{"median ms",11}{"p99 ms",9}{"refused",9}");
        foreach (var proposers in loaded)
        {
            var rows = names.Select(n => Median(loads[n].Where(f => f.Proposers == proposers).ToList())).ToArray();
            for (var i = 0; i < names.Length; i++)
            {
                Line($"{proposers,9} {names[i],-6}{rows[i].PerSecond,10:0}{rows[i].MedianMs,11:0.00}{rows[i].P99Ms,9:0.0}{rows[i].Refused,9}");
            }

            if (rows is [var ours, var theirs])
            {
                Line($"{"",9} {"ratio",-6}{ours.PerSecond / theirs.PerSecond,10:0.00}{ours.MedianMs / theirs.MedianMs,11:0.00}{ours.P99Ms / theirs.P99Ms,9:0.00}");
            }
        }

        foreach (var name in names)
        {
            var sorted = gaps[name].Order().ToArray();
            Line($"leader killed, without a write, {name}: median {sorted[sorted.Length / 2]:0} ms, max {sorted[^1]:0} ms");
        }
    }

    private static LoadFigures Median(List<LoadFigures> runs) => new(
        runs[0].Proposers,
        Middle(runs, r => r.PerSecond),
        Middle(runs, r => r.MedianMs),
        Middle(runs, r => r.P99Ms),
        runs.Sum(r => r.Refused));

    private static double Middle(List<LoadFigures> runs, Func<LoadFigures, double> figure) => runs.Select(figure).Order().ElementAt(runs.Count / 2);

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
