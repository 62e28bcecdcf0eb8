using Tessera.Plugins;

[assembly: PluginContract(1)]
