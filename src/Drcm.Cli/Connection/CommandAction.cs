using System.CommandLine;

namespace Drcm.Cli.Connection;

/// <summary>Runs a command's body and turns what it throws for people into a message and an exit code.</summary>
internal static class CommandAction
{
    public static void SetBody(this Command command, Func<ParseResult, CancellationToken, Task<int>> body) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await body(parsed, cancellationToken);
            }
            catch (ControlException e)
            {
                await Console.Error.WriteLineAsync(e.Remedy.Length > 0 ? $"drcm: {e.Message}; {e.Remedy}" : $"drcm: {e.Message}");
                return e.Code;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }
        });
}
