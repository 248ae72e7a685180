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
/// "load PROPOSERS SECONDS" prints the figures; "stream" appends for ever while it leads, and prints the time of each acknowledgement.</summary>
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
