using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Drcm.Chaos.Reports;

/// <summary>What a run came to. Times in milliseconds.</summary>
/// <param name="Faults">Injected, by kind.</param>
/// <param name="Overlaps">Longest time on two hosts, by what was looked at.</param>
/// <param name="Ownerless">By kind of step.</param>
/// <param name="Problems">Overlaps, lost events, and what did not come back after the healing. Empty: all is well.</param>
public sealed record ChaosReport(
    int Seed, int Hosts, int DeadAfterMs, double Seconds, SortedDictionary<string, int> Faults, long Samples, double LongestGapMs, long LateSamples, bool IsRealTime,
    IReadOnlyList<OverlapLine> Overlaps, IReadOnlyList<OwnerlessLine> Ownerless, int Events, int EventsLost, IReadOnlyList<string> Problems, IReadOnlyList<string> Story, string Replay)
{
    public int FaultCount => Faults.Values.Sum();

    public bool IsGood => Problems.Count == 0;

    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public string Json() => JsonSerializer.Serialize(this, Names);

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(Line($"{FaultCount} faults in {Seconds:0} s on {Hosts} hosts, seed {Seed}, D = {DeadAfterMs} ms"));
        text.AppendLine(Line($"  {string.Join(", ", Faults.Select(f => $"{f.Key} {f.Value}"))}"));
        text.AppendLine(Line($"{Samples} samples{(IsRealTime ? ", real-time priority" : "")}; longest gap {LongestGapMs:0.0} ms, {LateSamples} of them late"));
        text.AppendLine();
        text.AppendLine($"{"on two hosts at once",-40}{"longest, ms",12}{"samples",10}{"moves",8}");
        foreach (var o in Overlaps) text.AppendLine(Line($"{o.What,-40}{o.LongestMs,12:0.0}{o.Samples,10}{o.Moves,8}{(o.MustBeZero ? "" : "   may be")}"));
        text.AppendLine();
        text.AppendLine($"{"longest without an owner, ms",-30}{"steps",7}{"budget",9}{"address",9}{"client",9}{"own script",12}{"crontab",9}{"exclusive",11}{"service",9}");
        foreach (var o in Ownerless)
            text.AppendLine(Line($"{o.Kind,-30}{o.Steps,7}{o.BudgetMs,9:0}{o.AddressMs,9:0}{o.ClientMs,9:0}{o.CustomMs,12:0}{o.CrontabMs,9:0}{o.ExclusiveMs,11:0}{o.ServiceMs,9:0}"));
        text.AppendLine();
        text.AppendLine(Line($"events: {Events} reported by any node, {EventsLost} lost or different somewhere"));
        if (IsGood) return text.Append("nobody owned twice, nothing was lost").ToString();
        text.AppendLine().AppendLine("what is wrong:");
        foreach (var problem in Problems) text.Append("  ").AppendLine(problem);
        text.AppendLine("the last that happened:");
        foreach (var line in Story) text.Append("  ").AppendLine(line);
        return text.Append("again: ").Append(Replay).ToString();
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <param name="Moves">From one host alone to another alone.</param>
/// <param name="MustBeZero">Exclusive, and bounded by gate, lease and guard.</param>
public sealed record OverlapLine(string What, double LongestMs, long Samples, long Moves, bool MustBeZero);

/// <summary>Longest times without an owner after a fault of that kind, its healing and the failback included; of steps after which everything was at home in time.</summary>
/// <param name="BudgetMs">For the address and the crontab, as docs/timing.md gives it; the machine's load comes on top.</param>
/// <param name="ClientMs">Longest silence as a client of the address saw it.</param>
public sealed record OwnerlessLine(
    string Kind, int Steps, double BudgetMs, double AddressMs, double ClientMs, double CustomMs, double CrontabMs, double ExclusiveMs, double ServiceMs);
