using System.CommandLine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Connection;

/// <summary>Options by which a command finds its daemon: a socket, a run directory, or a cm.cfg that names one.</summary>
internal sealed class SocketArguments
{
    private const string DefaultConfig = "/etc/drcm/cm.cfg";
    private const string DefaultRunDir = "/var/run/drcm";

    private readonly Option<string> _config = new("--config") { Description = $"cm.cfg that names the run directory (default {DefaultConfig})", HelpName = "FILE" };
    private readonly Option<string> _runDir = new("--run-dir") { Description = "the daemon's run directory", HelpName = "DIR" };
    private readonly Option<string> _socket = new("--socket") { Description = "the daemon's control socket", HelpName = "PATH" };

    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_runDir);
        command.Options.Add(_socket);
    }

    /// <exception cref="ControlException">The named cm.cfg cannot be read.</exception>
    public ControlClient Client(ParseResult parsed) => new(SocketPath(parsed));

    private string SocketPath(ParseResult parsed) =>
        parsed.GetValue(_socket)
        ?? Path.Combine(parsed.GetValue(_runDir) ?? RunDirOf(parsed.GetValue(_config)), ControlProtocol.SocketName);

    private static string RunDirOf(string? config)
    {
        var path = config ?? DefaultConfig;
        try
        {
            return CmConfigReader.Read(File.ReadAllText(path)).Local.RunDir;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (config is null) return DefaultRunDir;
            throw new ControlException($"{config} cannot be read: {e.Message}", "name a readable cm.cfg, or use --socket", ExitCodes.Usage);
        }
    }
}
