using System.CommandLine;
using System.CommandLine.Help;

namespace Drcm.Cli.Configuration;

internal static class ConfigCommand
{
    public static Command Create()
    {
        var command = new Command("config", "check, show and begin configuration files")
        {
            CheckCommand.Create(),
            ShowCommand.Create(),
            TemplateCommand.Create(),
        };
        command.SetAction(parsed => new HelpAction().Invoke(parsed));
        return command;
    }
}
