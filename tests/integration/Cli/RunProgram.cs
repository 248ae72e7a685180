using System.Diagnostics;

namespace Drcm.Integration.Tests.Cli;

/// <param name="Exit">Its exit code.</param>
internal sealed record ProgramResult(int Exit, string Output, string Errors);

/// <summary>Runs a program to its end and keeps what it said.</summary>
internal static class RunProgram
{
    /// <summary>drcm beside the tests, with drcmd beside it.</summary>
    public static string Drcm { get; } = Path.Combine(AppContext.BaseDirectory, "drcm");

    /// <param name="environment">Set on top of ours; null removes.</param>
    public static async Task<ProgramResult> ToEndAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellationToken, params (string Name, string? Value)[] environment)
    {
        using var process = Start(program, arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return new ProgramResult(process.ExitCode, await output, await errors);
    }

    public static Process Start(string program, IEnumerable<string> arguments, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
