using System.Collections.Immutable;
using Drcm.StateMachine.Configuration;

namespace Drcm.Cli.Configuration;

/// <summary>What <c>drcm config check --json</c> prints.</summary>
internal sealed record CheckReport(
    string File, bool Ok, int Errors, int Warnings, ImmutableArray<FindingReport> Findings, SummaryReport? Summary)
{
    public static CheckReport Of(string path, ImmutableArray<Diagnostic> findings, ClusterDefinition? definition)
    {
        var errors = findings.Count(d => d.Severity == Severity.Error);
        return new CheckReport(path, errors == 0, errors, findings.Length - errors,
            [.. findings.Select(FindingReport.Of)], definition is null ? null : SummaryReport.Of(definition));
    }
}

/// <param name="Line">From 1; 0 for the file as a whole.</param>
internal sealed record FindingReport(string Severity, int Line, int Column, string What, string Remedy)
{
    public static FindingReport Of(Diagnostic finding) => new(
        finding.Severity == StateMachine.Configuration.Severity.Error ? "error" : "warning",
        finding.Line, finding.Column, finding.What, finding.Remedy);
}

internal sealed record SummaryReport(
    string Digest, TimingReport Timing, ImmutableArray<string> Nodes, ImmutableArray<string> Voters, int VoterLossesSurvived,
    ImmutableArray<string> Exclusive, ImmutableArray<string> NotExclusive, ImmutableArray<string> WithoutBackup,
    ImmutableArray<string> Survives, ImmutableArray<string> StopsFor, string HelpsMost)
{
    public static SummaryReport Of(ClusterDefinition definition)
    {
        var summary = ConfigSummary.Of(definition);
        var survival = Survival.Of(summary);
        return new SummaryReport(
            ConfigDigest.Of(definition), TimingReport.Of(definition.Timing), Words(summary.Nodes.Select(n => n.Id)),
            Words(summary.Voters), summary.LossesSurvived, Words(summary.Exclusive), Words(summary.Shared),
            Words(summary.WithoutBackup), survival.Survives, survival.StopsFor, survival.HelpsMost);
    }

    private static ImmutableArray<string> Words<T>(IEnumerable<T> items) where T : struct =>
        [.. items.Select(i => i.ToString() ?? "")];
}

internal sealed record TimingReport(
    double KeepAliveIntervalMs, double DeadAfterMs, double LeaseMs, double StopBudgetMs, double ElectionTimeoutMs, double InitdeadMs)
{
    public static TimingReport Of(TimingDefinition timing) => new(
        timing.KeepAliveInterval.TotalMilliseconds, timing.DeadAfter.TotalMilliseconds, timing.Lease.TotalMilliseconds,
        timing.StopBudget.TotalMilliseconds, timing.ElectionTimeout.TotalMilliseconds, timing.InitDead.TotalMilliseconds);
}
