using System.CommandLine;
using System.CommandLine.Help;

namespace Drcm.Cli.Configuration;

internal static class ConfigCommand
{
    public static Command Create()
    {
        var command = new Command("config", "check, show, begin and apply configuration files")
        {
            CheckCommand.Create(),
            ApplyCommand.Create(),
            ShowCommand.Create(),
            TemplateCommand.Create(),
        };
        command.SetAction(parsed => new HelpAction().Invoke(parsed));
        return command;
    }
}
