using System.Diagnostics;
using System.Text.Json;
using Drcm.Integration.Tests.Scripts;

namespace Drcm.Integration.Tests.Metrics;

/// <summary>Debian's prometheus, with the rules of ops/prometheus, scraping once a second.</summary>
internal sealed class PrometheusServer : IDisposable
{
    private const string Program = "/usr/bin/prometheus";
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly TemporaryDirectory _files = new();
    private readonly Process _process;
    private readonly HttpClient _client;

    /// <param name="address">Where it listens: an address that is nobody else's.</param>
    /// <param name="targets">Instance and address of each node.</param>
    public PrometheusServer(string address, string rules, IEnumerable<(string Instance, string Target)> targets)
    {
        var nodes = string.Concat(targets.Select(t => $"\n      - targets: [\"{t.Target}\"]\n        labels: {{ cluster: test, instance: {t.Instance} }}"));
        _files.Write("prometheus.yml", $"""
            global:
              scrape_interval: 1s
              scrape_timeout: 1s
              evaluation_interval: 1s
            rule_files: ["{rules}/recording.yml", "{rules}/alerts.yml"]
            scrape_configs:
              - job_name: drcm
                static_configs:{nodes}
            """);
        var start = new ProcessStartInfo(Program) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[$"--config.file={_files["prometheus.yml"]}", $"--storage.tsdb.path={_files["tsdb"]}", $"--web.listen-address={address}", "--log.level=error"])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        _client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
    }

    public static bool IsInstalled => File.Exists(Program);

    /// <summary>The result vector of an expression.</summary>
    public async Task<JsonElement> QueryAsync(string expression, CancellationToken cancellationToken)
    {
        var data = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}", cancellationToken);
        return data.GetProperty("result");
    }

    /// <summary>Every rule with its expression, health and newest error.</summary>
    public async Task<IReadOnlyList<(string Name, string Query, string Health, string Error)>> RulesAsync(CancellationToken cancellationToken)
    {
        var data = await GetAsync("/api/v1/rules", cancellationToken);
        return
        [
            .. data.GetProperty("groups").EnumerateArray().SelectMany(g => g.GetProperty("rules").EnumerateArray()).Select(r => (
                r.GetProperty("name").GetString()!, r.GetProperty("query").GetString()!, r.GetProperty("health").GetString()!,
                r.TryGetProperty("lastError", out var error) ? error.GetString()! : "")),
        ];
    }

    /// <summary>Asks until the expression has a result.</summary>
    public async Task UntilAsync(string expression, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if ((await QueryAsync(expression, cancellationToken)).GetArrayLength() > 0) return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // Not listening yet.
            }
            await Task.Delay(Pace, cancellationToken);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _files.Dispose();
    }

    private async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        if (body.RootElement.GetProperty("status").GetString() == "success") return body.RootElement.GetProperty("data").Clone();
        throw new InvalidOperationException($"{Uri.UnescapeDataString(path)}: {body.RootElement.GetProperty("error").GetString()}");
    }
}
