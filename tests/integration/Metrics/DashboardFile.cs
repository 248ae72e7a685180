using System.Text.Json;

namespace Drcm.Integration.Tests.Metrics;

/// <summary>What the dashboard of ops/grafana asks Prometheus.</summary>
internal static class DashboardFile
{
    /// <summary>Each expression with the title of its panel, its variables filled in as Grafana does.</summary>
    public static IReadOnlyList<(string Panel, string Expression)> Expressions(string file, string cluster)
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(file));
        return
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(p => p.TryGetProperty("targets", out _))
                .SelectMany(p => p.GetProperty("targets").EnumerateArray().Select(t => (p.GetProperty("title").GetString()!, Filled(t.GetProperty("expr").GetString()!, cluster)))),
        ];
    }

    private static string Filled(string expression, string cluster) => expression
        .Replace("$cluster", cluster, StringComparison.Ordinal)
        .Replace("$node", ".*", StringComparison.Ordinal)
        .Replace("$__rate_interval", "1m", StringComparison.Ordinal);
}
