using Drcm.Cli;

return await DrcmCommand.RunAsync(args);
