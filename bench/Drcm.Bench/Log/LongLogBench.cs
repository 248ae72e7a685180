using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Drcm.Bench.Log;

/// <summary>What a long log costs, and how fast a member that was away comes back.</summary>
internal static class LongLogBench
{
    public const int MillionEntries = 1_000_000;
    public const int AwayEntries = 200_000;
    private const int Steps = 10;
    private const int Proposers = 256;
    private const int LoadSeconds = 20;
    private const int QuietSeconds = 5;

    /// <summary>Entries in ten parts, each member compacting as the daemon does: memory and disk of the members after each.</summary>
    public static async Task MillionAsync(int entries)
    {
        await InClusterAsync(async (cluster, directory, cancellationToken) =>
        {
            foreach (var member in cluster.Members)
            {
                await member.SayAsync("follow");
            }

            Console.WriteLine("entries    entries/s  resident MiB of the members  on disk MiB, all");
            for (var step = 1; step <= Steps; step++)
            {
                var (took, _) = await FillAsync(cluster, Proposers, entries / Steps, cancellationToken);
                var resident = string.Join(' ', cluster.Members.Select(m => m.ResidentMiB.ToString("0", CultureInfo.InvariantCulture)));
                var disk = directory.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) / 1048576.0;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entries / Steps * step,-9}  {entries / Steps / took,9:0}  {resident,-27}  {disk:0}"));
            }
        });
    }

    /// <summary>A member is killed, entries are appended without it, and it comes back while the others go on at full speed. Nobody compacts: it gets each entry.</summary>
    public static async Task CatchUpAsync(int entries)
    {
        await InClusterAsync(async (cluster, _, cancellationToken) =>
        {
            var away = cluster.KillFollower();
            var (_, last) = await FillAsync(cluster, Proposers, entries, cancellationToken);
            var before = await LoadAsync(cluster, QuietSeconds, cancellationToken);

            await cluster.Leader.SayAsync(string.Create(CultureInfo.InvariantCulture, $"load {Proposers} {LoadSeconds}"));
            var start = Stopwatch.GetTimestamp();
            await cluster.RestartAsync(away);
            await cluster.Members[away].SayAsync($"reach {last}");
            while (await cluster.Members[away].ExpectLineAsync(cancellationToken) != "reached")
            {
            }

            var took = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var during = await FiguresAsync(cluster, cancellationToken);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{entries} entries missed, caught up in {took:0.00} s from the start of its process: {entries / took:0} entries/s; the others before {before.PerSecond:0} entries/s, while it came back {during.PerSecond:0}, ratio {during.PerSecond / before.PerSecond:0.00}"));
        });
    }

    private static async Task<(double Seconds, long Last)> FillAsync(DrcmCluster cluster, int proposers, int entries, CancellationToken cancellationToken)
    {
        await cluster.Leader.SayAsync(string.Create(CultureInfo.InvariantCulture, $"fill {proposers} {entries}"));
        var words = (await cluster.Leader.ExpectLineAsync(cancellationToken)).Split(' ');
        return (double.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private static async Task<LoadFigures> LoadAsync(DrcmCluster cluster, int seconds, CancellationToken cancellationToken)
    {
        await cluster.Leader.SayAsync(string.Create(CultureInfo.InvariantCulture, $"load {Proposers} {seconds}"));
        return await FiguresAsync(cluster, cancellationToken);
    }

    private static async Task<LoadFigures> FiguresAsync(DrcmCluster cluster, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<LoadFigures>(await cluster.Leader.ExpectLineAsync(cancellationToken))!;

    private static async Task InClusterAsync(Func<DrcmCluster, DirectoryInfo, CancellationToken, Task> act)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var directory = Directory.CreateTempSubdirectory("drcm-bench-");
        try
        {
            await using var cluster = new DrcmCluster(directory.FullName);
            await cluster.StartAsync(limit.Token);
            await act(cluster, directory, limit.Token);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
