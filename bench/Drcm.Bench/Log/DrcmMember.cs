using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Drcm.Consensus;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drcm.Bench.Log;

/// <summary>One member of the log in a process of its own. It prints "leads" whenever it begins to, and obeys lines on its standard input:
/// "load PROPOSERS SECONDS" prints the figures; "stream" appends for ever while it leads, and prints the time of each acknowledgement; "follow" reads what is committed and compacts as the daemon does;
/// "fill PROPOSERS ENTRIES" prints the seconds that it took and the newest index; "reach INDEX" prints "reached" when that can be read.</summary>
internal static class DrcmMember
{
    public const string Verb = "log-member";
    public const string Leads = "leads";

    public static async Task<int> RunAsync(string[] args)
    {
        var members = args[2..].Select(a => a.Split('=')).ToDictionary(m => m[0], m => IPEndPoint.Parse(m[1]), StringComparer.Ordinal);
        await using var log = new DotNextLog(new() { Self = args[0], Directory = args[1], Members = members, Keys = new(new byte[TransportKeys.SeedBytes]) }, NullLogger.Instance);
        await log.StartAsync(CancellationToken.None);
        var leading = AnnounceAsync(log);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["load", var proposers, var seconds]:
                    var figures = await LoadAsync(log, int.Parse(proposers, CultureInfo.InvariantCulture), int.Parse(seconds, CultureInfo.InvariantCulture));
                    await Console.Out.WriteLineAsync(JsonSerializer.Serialize(figures));
                    break;
                case ["stream"]:
                    _ = Task.Run(() => StreamAsync(log));
                    break;
                case ["follow"]:
                    _ = Task.Run(() => FollowAsync(log));
                    break;
                case ["fill", var proposers, var entries]:
                    var (took, last) = await FillAsync(log, int.Parse(proposers, CultureInfo.InvariantCulture), int.Parse(entries, CultureInfo.InvariantCulture));
                    await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{took} {last}"));
                    break;
                case ["reach", var index]:
                    await ReachAsync(log, long.Parse(index, CultureInfo.InvariantCulture));
                    await Console.Out.WriteLineAsync("reached");
                    break;
                default:
                    return 2;
            }
        }

        return leading.IsFaulted ? 1 : 0;
    }

    private static async Task AnnounceAsync(DotNextLog log)
    {
        await foreach (var leadership in log.WatchLeadershipAsync(CancellationToken.None))
        {
            if (leadership.IsSelf)
            {
                await Console.Out.WriteLineAsync(Leads);
            }
        }
    }

    private static Task<LoadFigures> LoadAsync(DotNextLog log, int proposers, int seconds)
    {
        var payload = new byte[LogBench.EntryBytes];
        return LoadFigures.MeasureAsync(proposers, LogBench.WarmUp, TimeSpan.FromSeconds(seconds), async _ =>
            (await log.AppendAsync(LogVersion.Any, payload, CancellationToken.None)).Status == AppendStatus.Committed);
    }

    /// <summary>A snapshot every so many entries, the daemon's bound.</summary>
    private const int CompactEvery = 10_000;

    /// <summary>About the state of a cluster with a hundred slots.</summary>
    private const int StateBytes = 32 * 1024;

    private static async Task FollowAsync(DotNextLog log)
    {
        var read = 0L;
        await foreach (var entry in log.ReadCommittedAsync(0, CancellationToken.None))
        {
            if (++read % CompactEvery == 0 && !entry.IsSnapshot)
            {
                await log.CompactAsync(entry.Index, new byte[StateBytes], CancellationToken.None);
            }
        }
    }

    private static async Task<(double Seconds, long Last)> FillAsync(DotNextLog log, int proposers, int entries)
    {
        var payload = new byte[LogBench.EntryBytes];
        var (left, last) = (entries, 0L);
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, proposers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var outcome = await log.AppendAsync(LogVersion.Any, payload, CancellationToken.None);
                Volatile.Write(ref last, Math.Max(Volatile.Read(ref last), outcome.Index));
            }
        })));
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, last);
    }

    private static async Task ReachAsync(DotNextLog log, long index)
    {
        await foreach (var entry in log.ReadCommittedAsync(index - 1, CancellationToken.None))
        {
            if (entry.Index >= index)
            {
                return;
            }
        }
    }

    private static async Task StreamAsync(DotNextLog log)
    {
        var payload = new byte[LogBench.EntryBytes];
        await foreach (var leadership in log.WatchLeadershipAsync(CancellationToken.None))
        {
            while (leadership.IsSelf && (await log.AppendAsync(LogVersion.Any, payload, CancellationToken.None)).Status == AppendStatus.Committed)
            {
                await Console.Out.WriteLineAsync(Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture));
            }
        }
    }
}
