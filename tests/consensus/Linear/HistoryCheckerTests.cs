using Drcm.Consensus;
using Drcm.Simulation.Linear;

namespace Drcm.Consensus.Tests.Linear;

public sealed class HistoryCheckerTests
{
    private const int RandomHistories = 30_000;

    [Fact]
    public void Check_TrueHistory_Nothing() => Assert.Empty(HistoryChecker.Check(
    [
        Committed(1, 2, 7, 0, at: 1), Read(3, 4, 7), Committed(5, 9, 8, 1, at: 2), Read(6, 7, 7), Read(6, 8, 7, 8), Stale(10, 11, 9, 1, names: 2),
        Unknown(12, 10, 2), Unknown(12, 11, LogVersion.Any), Read(13, 14, 7, 8), Read(15, 16, 7, 8, 10), Rejected(17, 18, 12), End(7, 8, 10),
    ]));

    /// <summary>Each line is one thing that must never happen, and a word of what is said of it.</summary>
    public static TheoryData<string, string> Anomalies => new()
    {
        { "lost append", "in no read" },
        { "stale read", "had ended before read of 0 entries" },
        { "reads go back", "had ended before read of 1 entries" },
        { "read of the future", "had ended before append 8" },
        { "two orders", "as its entry number 1" },
        { "refused but seen", "was refused, but took effect" },
        { "stale but seen", "was refused, but took effect" },
        { "seen twice", "took effect twice" },
        { "out of nothing", "nobody proposed" },
        { "another place than acknowledged", "took effect at 2" },
        { "expected version ignored", "took effect behind" },
        { "index goes back", "comes behind entry" },
        { "order against time", "had ended before append" },
        { "stale without reason", "had ended before" },
        { "stale names the expected version", "cannot be" },
        { "stale against any version", "cannot be" },
        { "stale names what never was", "cannot be" },
        { "stale names the future", "had ended before" },
    };

    [Theory]
    [MemberData(nameof(Anomalies))]
    public void Check_Anomaly_Caught(string anomaly, string said)
    {
        var history = Broken(anomaly);
        Assert.Contains(HistoryChecker.Check(history), v => v.Contains(said, StringComparison.Ordinal));
        Assert.False(SearchingChecker.IsLinearizable(history));
    }

    [Fact]
    public void Check_NoReadAtTheEnd_IsNotJudged() =>
        Assert.Throws<ArgumentException>(() => HistoryChecker.Check([Read(1, 2), Committed(3, 4, 7, 0, at: 1)]));

    [Fact]
    public void Check_RandomHistories_AsTheSearchSays()
    {
        var random = new Random(20);
        var (good, bad) = (0, 0);
        for (var i = 0; i < RandomHistories; i++)
        {
            var history = RandomHistory.Make(random);
            var isGood = HistoryChecker.Check(history).Count == 0;
            Assert.True(isGood == SearchingChecker.IsLinearizable(history), $"history {i}, judged {isGood}:\n{string.Join('\n', history)}");
            _ = isGood ? good++ : bad++;
        }

        Assert.True(good > RandomHistories / 10 && bad > RandomHistories / 10, $"{good} good, {bad} bad: both must be met");
    }

    private static List<Operation> Broken(string anomaly) => anomaly switch
    {
        "lost append" => [Committed(1, 2, 7, 0, at: 1), Committed(3, 4, 8, LogVersion.Any, at: 2), End(7)],
        "stale read" => [Committed(1, 2, 7, 0, at: 1), Read(3, 4), End(7)],
        "reads go back" => [Unknown(1, 7, 0), Committed(1, 20, 8, 1, at: 2), Read(3, 4, 7, 8), Read(5, 6, 7), End(7, 8)],
        "read of the future" => [Committed(1, 2, 7, 0, at: 1), Read(3, 4, 7, 8), Committed(5, 6, 8, 1, at: 2), End(7, 8)],
        "two orders" => [Unknown(1, 7, LogVersion.Any), Unknown(1, 8, LogVersion.Any), Read(3, 4, 7), End(8, 7)],
        "refused but seen" => [Rejected(1, 2, 7), End(7)],
        "stale but seen" => [Committed(1, 2, 7, 0, at: 1), Stale(3, 4, 8, 0, names: 1), End(7, 8)],
        "seen twice" => [Committed(1, 2, 7, 0, at: 1), End(7, 7)],
        "out of nothing" => [Committed(1, 2, 7, 0, at: 1), End(7, 8)],
        "another place than acknowledged" => [Unknown(1, 8, 0), Committed(1, 2, 7, LogVersion.Any, at: 1), End(8, 7)],
        "expected version ignored" => [Committed(1, 2, 7, 0, at: 1), Committed(3, 4, 8, 0, at: 2), End(7, 8)],
        "index goes back" => [Unknown(1, 7, 0), Unknown(2, 8, LogVersion.Any), new ReadOperation(100, 101, new Entry[] { new(2, 7), new(1, 8) })],
        "order against time" => [Committed(1, 2, 7, LogVersion.Any, at: 2), Committed(3, 4, 8, LogVersion.Any, at: 1), End(8, 7)],
        "stale without reason" => [Committed(1, 2, 7, 0, at: 1), Committed(3, 4, 8, 1, at: 2), Stale(5, 6, 9, 2, names: 1), End(7, 8)],
        "stale names the expected version" => [Committed(1, 2, 7, 0, at: 1), Stale(3, 4, 8, 1, names: 1), End(7)],
        "stale against any version" => [Committed(1, 2, 7, 0, at: 1), Stale(3, 4, 8, LogVersion.Any, names: 1), End(7)],
        "stale names what never was" => [Committed(1, 2, 7, 0, at: 1), Stale(3, 4, 8, 0, names: 5), End(7)],
        "stale names the future" => [Committed(1, 2, 7, 0, at: 1), Stale(3, 4, 9, 0, names: 2), Committed(5, 6, 8, 1, at: 2), End(7, 8)],
        _ => throw new ArgumentException("no such anomaly", nameof(anomaly)),
    };

    private static AppendOperation Committed(long start, long end, long value, long expected, long at) => new(start, end, value, expected, AppendStatus.Committed, at);

    private static AppendOperation Stale(long start, long end, long value, long expected, long names) => new(start, end, value, expected, AppendStatus.Stale, names);

    private static AppendOperation Unknown(long start, long value, long expected) => new(start, Operation.Never, value, expected, AppendStatus.Unknown, 0);

    private static AppendOperation Rejected(long start, long end, long value) => new(start, end, value, LogVersion.Any, AppendStatus.Rejected, 0);

    /// <summary>Entries lie one behind the other from index 1 on.</summary>
    private static ReadOperation Read(long start, long end, params long[] values) => new(start, end, values.Select((v, i) => new Entry(i + 1, v)).ToArray());

    private static ReadOperation End(params long[] values) => Read(100, 101, values);
}
