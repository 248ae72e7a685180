using System.Diagnostics;
using System.Globalization;
using Drcm.Consensus;
using Drcm.Integration.Tests.Audit;
using Drcm.Node.Audit;
using Drcm.Node.AuditTool;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.Bench;

/// <summary>A million events, as a cluster commits them over a year: into state, into audit.db, and asked for again.</summary>
internal static class AuditBench
{
    public const int EventsDefault = 1_000_000;

    private const int SlotsPerNode = 8;
    private const int Questions = 7;

    /// <summary>As many entries as the daemon hands on at one time.</summary>
    private const int RowsPerTransaction = 4096;

    public static void Run(int events)
    {
        var directory = Directory.CreateTempSubdirectory("drcm-bench-").FullName;
        try
        {
            // The first uses are what a daemon has behind it.
            IntoFile(Path.Combine(directory, "warm.db"), new RealisticLog(SlotsPerNode, 2).Grow(events / 20, Pace(events)).Entries);
            var (entries, count, until) = Made(events);
            Console.WriteLine($"{count} events in {entries.Length} entries, {entries.Sum(e => (long)e.Payload.Length) / count} bytes of log for each");
            Time("into state (decode and apply), s", () => IntoState(entries));
            var path = Path.Combine(directory, AuditDatabase.FileName);
            Time("into audit.db, s", () => IntoFile(path, entries));
            Row("audit.db for each event, bytes", new FileInfo(path).Length / (double)count);
            Ask("audit --since 24h of the newest day, ms", path, book => Report(book, until - TimeSpan.FromHours(24), until));
            Ask("audit --since 24h of a day in the middle, ms", path, book => Report(book, until - TimeSpan.FromDays(180), until - TimeSpan.FromDays(179)));
            Ask("audit --at the newest moment, ms", path, book => At(book, until));
            Ask("audit --at half a year ago, ms", path, book => At(book, until - TimeSpan.FromDays(180)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>In one piece of memory, as a log's segment: a million small arrays would be the collector's benchmark.</summary>
    private static (CommittedEntry[] Entries, int Events, DateTimeOffset Until) Made(int events)
    {
        var log = new RealisticLog(SlotsPerNode, 1).Grow(events, Pace(events));
        var bytes = new byte[log.Entries.Sum(e => e.Payload.Length)];
        var entries = new CommittedEntry[log.Entries.Count];
        for (var (i, at) = (0, 0); i < entries.Length; at += entries[i++].Payload.Length)
        {
            log.Entries[i].Payload.CopyTo(bytes.AsMemory(at));
            entries[i] = log.Entries[i] with { Payload = bytes.AsMemory(at, log.Entries[i].Payload.Length) };
        }
        return (entries, log.Events, log.At);
    }

    /// <summary>A story of the log has about 35 events and lasts some minutes by itself; all of them shall fill a year.</summary>
    private static TimeSpan Pace(int events) => TimeSpan.FromDays(365) / (events / 12.0);

    private static void IntoState(IReadOnlyList<CommittedEntry> entries)
    {
        var state = ClusterState.Empty;
        foreach (var entry in entries) state = Transition.Apply(state, new LogIndex(entry.Index), EventCodec.Decode(entry.Payload)).State;
    }

    private static void IntoFile(string path, IReadOnlyList<CommittedEntry> entries)
    {
        using var database = AuditDatabase.Open(path);
        using var projector = new AuditProjector(database, TimeProvider.System);
        foreach (var entry in entries)
        {
            projector.Take(entry);
            if (projector.RowsWaiting >= RowsPerTransaction) projector.Commit();
        }
        projector.Commit();
    }

    private static void Report(AuditBook book, DateTimeOffset since, DateTimeOffset until)
    {
        var arguments = AuditArguments.Parse([$"--since={since:yyyy-MM-ddTHH:mm:ssK}", $"--until={until:yyyy-MM-ddTHH:mm:ssK}"], until);
        TimelineReport.Print(book, AuditQuestion.Of(arguments, book), arguments, TextWriter.Null);
    }

    private static void At(AuditBook book, DateTimeOffset at)
    {
        var arguments = AuditArguments.Parse([$"--at={at:yyyy-MM-ddTHH:mm:ssK}"], at);
        AtReport.Print(book, AuditQuestion.Of(arguments, book), arguments, TextWriter.Null);
    }

    /// <summary>The first is cold, as for somebody who calls drcm; the median is of those that follow.</summary>
    private static void Ask(string what, string path, Action<AuditBook> ask)
    {
        var times = new List<double>();
        for (var i = 0; i < Questions; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using (var book = AuditBook.Open(path)) ask(book);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        Row($"{what}: first", times[0]);
        times.Sort();
        Row($"{what}: median", times[times.Count / 2]);
    }

    private static void Time(string what, Action action)
    {
        var (started, busy) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        action();
        Row(what, Stopwatch.GetElapsedTime(started).TotalSeconds);
        Row("  of it processor time", (Environment.CpuUsage.TotalTime - busy).TotalSeconds);
    }

    private static void Row(string what, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-62}{value,9:0.00}"));
}
