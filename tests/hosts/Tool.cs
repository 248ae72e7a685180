using System.Diagnostics;

namespace Drcm.TestHosts;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">128 + signal if a signal ended it.</param>
/// <param name="Output">stdout, then stderr.</param>
public sealed record ToolResult(int ExitCode, string Output);

/// <summary>Runs commands of the machine: ip, nft, nsenter.</summary>
internal static class Tool
{
    internal static async Task<ToolResult> RunAsync(
        IReadOnlyList<string> argv, string input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(argv[0])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var word in argv.Skip(1)) start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new ToolResult(process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <exception cref="InvalidOperationException">It did not exit with 0.</exception>
    internal static async Task MustAsync(IReadOnlyList<string> argv, string input, CancellationToken cancellationToken)
    {
        var result = await RunAsync(argv, input, cancellationToken);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', argv)}: exit {result.ExitCode}: {result.Output}\n{input}");
    }

    /// <summary>Lines for <c>ip -batch</c> in one namespace of the network; an empty name is the machine's own.</summary>
    internal static Task IpAsync(string netns, CancellationToken cancellationToken, params string[] lines) =>
        MustAsync(
            netns.Length == 0 ? ["ip", "-batch", "-"] : ["ip", "-n", netns, "-batch", "-"],
            string.Join('\n', lines) + "\n", cancellationToken);
}
