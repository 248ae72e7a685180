using System.CommandLine;
using System.CommandLine.Help;

namespace Drcm.Cli.Auth;

internal static class AuthCommand
{
    public static Command Create()
    {
        var command = new Command("auth", "make and identify the auth key, the one secret of a cluster")
        {
            InitCommand.Create(),
            ShowCommand.Create(),
            RotateCommand.Create(),
        };
        command.SetAction(parsed => new HelpAction().Invoke(parsed));
        return command;
    }
}
