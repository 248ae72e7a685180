using System.Diagnostics;
using System.Globalization;
using System.Net;
using Drcm.Consensus.Engines.DotNext;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drcm.Consensus.Tests.Support;

/// <summary>A member in a process of its own, which appends as long as it leads and prints every acknowledgement, until it is killed.</summary>
internal sealed class AppendingMember : IDisposable
{
    public const string Verb = "appending-member";
    private readonly Process _process;

    public AppendingMember(string name, string directory, IReadOnlyDictionary<string, IPEndPoint> members)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(AppendingMember).Assembly.Location);
        }

        foreach (var argument in (string[])[Verb, name, directory, .. members.Select(m => $"{m.Key}={m.Value}")])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
    }

    /// <summary>The next acknowledged payload; null when the process is gone.</summary>
    public async Task<string?> NextAcknowledgedAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken);

    public void Kill() => _process.Kill();

    public void Freeze() => ProcessSignals.Freeze(_process.Id);

    public async Task KillAsync(CancellationToken cancellationToken)
    {
        _process.Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var members = args[2..].Select(a => a.Split('=')).ToDictionary(m => m[0], m => IPEndPoint.Parse(m[1]), StringComparer.Ordinal);
        var abandoned = new Thread(EndWithTheParent) { IsBackground = true };
        abandoned.Start();
        await using var log = new DotNextLog(new() { Self = args[0], Directory = args[1], Members = members, Keys = Secret.Keys() }, NullLogger.Instance);
        await log.StartAsync(CancellationToken.None);
        await foreach (var leadership in log.WatchLeadershipAsync(CancellationToken.None))
        {
            if (leadership.IsSelf)
            {
                await AppendAsync(log, args[0]);
            }
        }

        return 0;
    }

    /// <summary>Its standard input ends when the parent does, however that ends.</summary>
    private static void EndWithTheParent()
    {
        while (Console.In.Read() >= 0)
        {
        }

        Environment.Exit(1);
    }

    private static async Task AppendAsync(DotNextLog log, string name)
    {
        var version = 0L;
        for (var number = 0; ; number++)
        {
            var payload = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
            var outcome = await log.AppendAsync(version, LogClusterExtensions.Bytes(payload), CancellationToken.None);
            if (outcome.Status == AppendStatus.Committed)
            {
                await Console.Out.WriteLineAsync(payload);
            }
            else if (outcome.Status != AppendStatus.Stale)
            {
                return;
            }

            version = outcome.Index;
        }
    }
}
