using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Drcm.Integration.Tests.Membership;
using Drcm.Integration.Tests.Stories.Clusters;
using Drcm.StateMachine.Cluster;
using Xunit;

namespace Drcm.Integration.Tests.Metrics;

/// <summary>Rules, alerts and dashboard against real daemons that have been through a takeover: no expression fails, and none is empty where something is due.</summary>
public sealed partial class PrometheusTests
{
    private const int HttpPort = 53898;

    /// <summary>A scrape that never comes must not hang the tests.</summary>
    private const int LimitMs = 300_000;

    private static readonly string Ops = Path.Combine(RepositoryScripts.Root, "ops");
    private static readonly string Docs = Path.Combine(RepositoryScripts.Root, "docs");

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact(Timeout = LimitMs)]
    public async Task EveryExpression_AfterATakeover_HasAResult()
    {
        if (!PrometheusServer.IsInstalled) Assert.Skip("needs prometheus (apt-get install prometheus)");
        using var cluster = new LoopbackCluster { HttpPort = HttpPort, Times = "dead_node_count = 10" };
        using var prometheus = new PrometheusServer(
            $"{cluster.Address(250)}:9090", Path.Combine(Ops, "prometheus"), Enumerable.Range(1, 3).Select(n => (LoopbackCluster.Name(n), $"{cluster.Address(n)}:{HttpPort}")));

        await TakeOverAndBackAsync(cluster, prometheus).WaitAsync(TestContext.Current.CancellationToken);

        await Assert.AllAsync(DashboardFile.Expressions(Path.Combine(Ops, "grafana", "dashboards", "cluster.json"), "test"), async e => await HasValueAsync(prometheus, e.Panel, e.Expression));
        var rules = await prometheus.RulesAsync(Ended);
        Assert.All(rules, r => Assert.True(r.Health == "ok", $"{r.Name}: {r.Health} {r.Error}"));
        await Assert.AllAsync(Names(rules.Select(r => r.Query)), async n => await HasValueAsync(prometheus, n, n));
        await CheckScrapeAsync(cluster);
        // The look itself: a name that nothing has is found out.
        await Assert.ThrowsAnyAsync<Exception>(() => HasValueAsync(prometheus, "misspelt", "max(drcm_takeover_total)"));
    }

    [Fact]
    public void EveryAlert_HasATestAndARunbook()
    {
        var alerts = AlertName().Matches(File.ReadAllText(Path.Combine(Ops, "prometheus", "alerts.yml"))).Select(m => m.Groups["name"].Value).ToList();
        var tests = File.ReadAllText(Path.Combine(Ops, "prometheus", "alerts.test.yml"));
        var runbook = File.ReadAllLines(Path.Combine(Docs, "runbook.md"));

        Assert.NotEmpty(alerts);
        Assert.All(alerts, a => Assert.Contains($"- alertname: {a}\n", tests, StringComparison.Ordinal));
        Assert.Equal(alerts, runbook.Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l[3..]));
    }

    private static async Task TakeOverAndBackAsync(LoopbackCluster cluster, PrometheusServer prometheus)
    {
        var text = cluster.Text([1, 2, 3], witness: 3);
        foreach (var node in (int[])[1, 2, 3]) cluster.Start(node, text);
        await cluster.UntilAtHomeAsync(1, [1, 2, 3], Ended);
        await prometheus.UntilAsync("sum(up) == 3 and on () count(drcm_quorum) == 3", Ended);
        cluster.Kill(2);
        await cluster.UntilAsync(1, "taken over", s => s.Slots.All(l => l is { Owner: "n1", Phase: SlotPhase.Started }), Ended);
        await prometheus.UntilAsync("max(drcm_takeovers_total{cause=\"death\"}) > 0", Ended);
        cluster.Start(2, text);
        await cluster.UntilAtHomeAsync(1, [1, 2, 3], Ended);
        await prometheus.UntilAsync("max(drcm_failbacks_total) > 0 and on () sum(up) == 3", Ended);
        await prometheus.UntilAsync("cluster_cause:drcm_failbacks:increase1h > 0", Ended);
    }

    private static async Task HasValueAsync(PrometheusServer prometheus, string what, string expression)
    {
        var values = (await prometheus.QueryAsync(expression, Ended)).EnumerateArray()
            .Select(r => double.Parse(r.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture));
        Assert.True(values.Any(double.IsFinite), $"{what}: no value of {expression}");
    }

    /// <summary>What promtool thinks of a scrape, and whether the documentation knows all of it.</summary>
    private static async Task CheckScrapeAsync(LoopbackCluster cluster)
    {
        using var client = new HttpClient();
        var scrape = await client.GetStringAsync(new Uri($"http://{cluster.Address(1)}:{HttpPort}/metrics"), Ended);
        var documented = await File.ReadAllTextAsync(Path.Combine(Docs, "metrics.md"), Ended);
        Assert.All(TypeLine().Matches(scrape).Select(m => m.Groups["name"].Value), n => Assert.Contains($"`{n}`", documented, StringComparison.Ordinal));
        using var promtool = Process.Start(new ProcessStartInfo("/usr/bin/promtool", ["check", "metrics"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await promtool.StandardInput.WriteAsync(scrape);
        promtool.StandardInput.Close();
        var (said, complained) = (await promtool.StandardOutput.ReadToEndAsync(Ended), await promtool.StandardError.ReadToEndAsync(Ended));
        await promtool.WaitForExitAsync(Ended);
        Assert.Equal("", said + complained);
    }

    /// <summary>The series that expressions rest on: of an alert nothing but these is due.</summary>
    private static IEnumerable<string> Names(IEnumerable<string> expressions) =>
        expressions.SelectMany(e => SeriesName().Matches(e).Select(m => m.Value)).Distinct(StringComparer.Ordinal);

    [GeneratedRegex(@"(?<![\w:])(?:\w+:)?(?:drcm|process)_[\w:]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SeriesName();

    [GeneratedRegex(@"- alert: (?<name>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AlertName();

    [GeneratedRegex(@"^# TYPE (?<name>\w+) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypeLine();
}
